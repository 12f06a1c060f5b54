-- Part of a name -> its owner. drizzle does not know virtual tables, and triggers do not survive D1's remote migrations:
-- the statements that write a username write this row too (modules/users/statements.ts).
CREATE VIRTUAL TABLE `user_search` USING fts5(`username_key`, tokenize = 'trigram');
