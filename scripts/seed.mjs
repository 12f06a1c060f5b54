/**
 * `npm run seed`: fills a running server with eight people who know each other, over HTTP as any client would: profiles, friendships,
 * requests that wait for an answer, and the notifications of it all. Safe to repeat: what is there stays, what is missing is added.
 *
 *   PORT      the server's port on localhost (8787)
 *   KITH_URL  its whole address, if it is elsewhere
 */
import { openApi } from "./lib/api.mjs";
import { portrait } from "./lib/portrait.mjs";
import { commandPrefix, main, Problem, readSettings } from "./lib/settings.mjs";

const PASSWORD = "kith-demo-2026";

const PEOPLE = {
  ada: {
    status: "online",
    name: "Ada Lovelace",
    profession: "Mathematician",
    bio: "Notes on the Analytical Engine, with a program in Note G.",
  },
  alan: { status: "away", name: "Alan Turing", profession: "Logician", bio: "Can machines think? Out for a long run." },
  barbara: {
    status: "online",
    name: "Barbara Liskov",
    profession: "Computer scientist",
    bio: "Abstraction is the way to keep a program in one's head.",
  },
  dennis: { status: "busy", name: "Dennis Ritchie", profession: "Computer scientist", bio: "C, and the file system it was written on." },
  grace: { status: "online", name: "Grace Hopper", profession: "Rear admiral", bio: "Found the first bug, and taped it into the log." },
  katherine: {
    status: "offline",
    name: "Katherine Johnson",
    profession: "Mathematician",
    bio: "Checked the numbers by hand before the launch.",
  },
  linus: { status: "busy", name: "Linus Torvalds", profession: "Programmer", bio: "Just a hobby, won't be big and professional." },
  margaret: {
    status: "online",
    name: "Margaret Hamilton",
    profession: "Software engineer",
    bio: "Priority displays, 1202 and a safe landing.",
  },
};

/** What they look like. Linus shows no picture, as many do. */
const LOOKS = {
  ada: { ground: "#f3d9c9", hair: "#4a2f22", style: "bun", skin: "#f0c8a8", shirt: "#7b3f8c" },
  alan: { ground: "#cfe3ee", hair: "#3b2a20", style: "parted", skin: "#edc3a0", shirt: "#33507a" },
  barbara: { ground: "#e4ddf4", hair: "#b9b4bd", style: "bob", skin: "#f1cdb0", shirt: "#a33b5b", glasses: true },
  dennis: { ground: "#dfe8d3", hair: "#6d5136", style: "long", skin: "#eec7a6", shirt: "#3f5b3a", glasses: true, beard: true },
  grace: { ground: "#f6e7bd", hair: "#8f8b92", style: "short", skin: "#efc9ab", shirt: "#1d2b4f", glasses: true },
  katherine: { ground: "#d6ecdf", hair: "#221a17", style: "bob", skin: "#a06f4d", shirt: "#c8643a", glasses: true },
  margaret: { ground: "#fbd9d4", hair: "#7a4a25", style: "long", skin: "#f2cbad", shirt: "#2f6f73", glasses: true },
};

/** Who asked, who accepted. */
const FRIENDS = [
  ["ada", "grace"],
  ["ada", "alan"],
  ["alan", "katherine"],
  ["barbara", "ada"],
  ["dennis", "linus"],
  ["grace", "margaret"],
  ["katherine", "margaret"],
  ["linus", "grace"],
];

/** Who asked, and whose answer is awaited. */
const PENDING = [
  ["linus", "ada"],
  ["margaret", "ada"],
  ["barbara", "grace"],
  ["dennis", "barbara"],
  ["katherine", "linus"],
];

function progress(text) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
  else console.log(text);
}

/** Registers somebody, or logs them in if an earlier run has. */
async function enter(api, username) {
  const account = { username, email: `${username}@kith.example`, password: PASSWORD };
  const registered = await api.send("POST", "/api/auth/register/", { body: account });
  if (registered.status === 201) return { isNew: true, token: registered.body.access, ...registered.body.user };
  if (!registered.body?.username) throw new Problem(`${username} cannot be registered: ${JSON.stringify(registered.body)}`);
  const entered = await api.send("POST", "/api/auth/login/", { body: { username, password: PASSWORD } });
  if (entered.status !== 200)
    throw new Problem(`There is already somebody called ${username} who is not of this demo. An empty STATE_DIR makes room.`);
  return { isNew: false, token: entered.body.access, ...entered.body.user };
}

/** What the server knows of somebody: whom they are friends with, who waits for whom. */
async function knownTo(api, { token }) {
  const { friends, incoming, outgoing } = await api.call("GET", "/api/sync/", { token });
  return {
    friends: new Set(friends.map(({ id }) => id)),
    waiting: new Map(incoming.map(({ id, sender }) => [sender.id, id])),
    asked: new Set(outgoing.map(({ receiver }) => receiver.id)),
  };
}

/** The status goes with the rest: one that is shown is not always the one that was set. */
async function describe(api, person) {
  const { name, ...said } = PEOPLE[person.username];
  if (person.bio === said.bio && person.profession === said.profession) return 0;
  const [first_name, last_name] = name.split(" ");
  await api.call("PATCH", "/api/users/me/", { token: person.token, body: { first_name, last_name, ...said } });
  const looks = LOOKS[person.username];
  if (looks && person.avatar === null) await api.call("PUT", "/profile/image/", { token: person.token, body: portrait(looks) });
  return 1;
}

/** A friendship, or the first half of one: a request that waits. */
async function connect(api, sender, receiver, { accept }) {
  const known = await knownTo(api, receiver);
  if (known.friends.has(sender.id) || known.asked.has(sender.id)) return 0;
  let request = known.waiting.get(sender.id);
  if (request !== undefined && !accept) return 0;
  if (request === undefined) {
    const body = { to_user: receiver.id };
    request = (await api.call("POST", "/api/friends/request/", { token: sender.token, body })).id;
  }
  if (accept) await api.call("PUT", `/api/friends/request/${request}/`, { token: receiver.token, body: { action: "accept" } });
  return 1;
}

/** The requests that are answered are old news to who answered them. */
async function readAnswered(api, { token }) {
  const unread = await api.call("GET", "/api/notifications/?unread=true", { token });
  const answered = unread.filter(({ type, related_request }) => type === "friend_request" && related_request?.status !== "pending");
  for (const { id } of answered) await api.call("PUT", `/api/notifications/${id}/read/`, { token });
  return answered.length;
}

await main(async () => {
  const settings = readSettings();
  const api = openApi(settings);
  const people = {};
  const added = { people: 0, profiles: 0, friendships: 0, requests: 0 };
  for (const username of Object.keys(PEOPLE)) {
    progress(`People: ${username}`);
    people[username] = await enter(api, username);
    if (people[username].isNew) added.people++;
    added.profiles += await describe(api, people[username]);
  }
  for (const [sender, receiver] of FRIENDS) {
    progress(`Friends: ${sender} and ${receiver}`);
    added.friendships += await connect(api, people[sender], people[receiver], { accept: true });
  }
  for (const [sender, receiver] of PENDING) {
    progress(`Requests: ${sender} asks ${receiver}`);
    added.requests += await connect(api, people[sender], people[receiver], { accept: false });
  }
  for (const person of Object.values(people)) {
    progress(`Notifications: ${person.username}`);
    await readAnswered(api, person);
  }
  const sum = Object.entries(added).map(([what, count]) => `${count} ${what}`);
  progress(`Added ${sum.join(", ")}.\n`);
  console.log(`
Log in as ${Object.keys(PEOPLE).join(", ")}. The password of all of them: ${PASSWORD}

What Ada has missed so far, and what comes while you watch:

  TOKEN=$(curl -s ${settings.url}/api/auth/login/ -d username=ada -d password=${PASSWORD} | grep -o '"access":"[^"]*"' | head -1 | cut -d'"' -f4)
  ${commandPrefix(settings)}npm run -s listen -- "$TOKEN" 0
`);
});
