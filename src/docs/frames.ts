/** The socket's frames, for the API's document. `realtime/events.ts` has their types. */
export const FRAMES = `
Every frame is one JSON object in a text message.

**When a socket opens**, in this order: \`group_users\` (\`users\`: ids of you and your online friends), \`status_update\` (you), \`resume\`
(\`from\`, \`seq\`, \`complete\`), then what you missed after \`?since=\`, then what is new. With \`complete: false\` the log no longer reaches back: load
\`GET /api/sync/\` and go on from its \`seq\`.

**Events with \`seq\`** are kept, numbered 1, 2, 3 … without gaps, and sent once and in order on each socket:

| type | fields |
| --- | --- |
| \`notification\`, \`notification_update\` | \`notification\`: as in the list |
| \`notification_delete\` | \`notification_id\` |
| \`notifications_clear\` | |
| \`friend_request\` | \`request\`: somebody asks you |
| \`friend_update\` | \`user_id\`: the other person; \`status\`: pending, accepted, rejected, cancelled or unfriended; \`request\`, or null when a friendship ended or the person is gone, which is how a block looks, too |
| \`profile_update\` | \`user\`: you, changed on another device or by an admin |
| \`preferences_update\` | \`preferences\`: all sections, one of which was changed on another device; a name or visibility that was changed elsewhere comes as \`profile_update\` |

**Events without \`seq\`** are true when they are sent: \`status_update\` (\`user_id\`, \`status\`, \`is_online\`; also when a friend shows themselves to you, or no more), \`pong\`, \`auth\` (\`expires_at\`), \`error\` (\`code\`, \`detail\`).

**You may send** \`ping\` (as text or as \`{"type":"ping"}\`), \`{"type":"auth","token":"<newer access token>"}\` to keep the socket past its token's end, and
\`{"type":"status_update","status":"online|offline|busy|away"}\`. Frames are at most 16 KiB, sixty in ten seconds.

**Close codes**: 4401 the session is over, log in again; 4408 the token ran out, refresh and reconnect; 4409 too many sockets of one person, the oldest
goes; 1008 flooding; 1009 frame too big; 1012 and 1001 come back, with some jitter.
`;
