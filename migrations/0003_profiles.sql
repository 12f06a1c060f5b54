CREATE TABLE `activity` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`type` text NOT NULL,
	`details` text DEFAULT '' NOT NULL,
	`created_at` text NOT NULL,
	`user_agent` text DEFAULT '' NOT NULL,
	`country` text,
	`hidden_at` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `activity_by_user` ON `activity` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `activity_by_type` ON `activity` (`user_id`,`type`,`id`);--> statement-breakpoint
CREATE TABLE `files` (
	`name` text PRIMARY KEY NOT NULL,
	`user_id` integer,
	`purpose` text NOT NULL,
	`content_type` text NOT NULL,
	`size` integer NOT NULL,
	`created_at` text NOT NULL,
	`doomed_at` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `files_doomed` ON `files` (`doomed_at`) WHERE "doomed_at" is not null;--> statement-breakpoint
CREATE INDEX `files_by_user` ON `files` (`user_id`,`purpose`);--> statement-breakpoint
CREATE TABLE `blocks` (
	`user_id` integer NOT NULL,
	`blocked_id` integer NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`user_id`, `blocked_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`blocked_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `blocks_by_blocked` ON `blocks` (`blocked_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `friend_groups` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`owner_id` integer NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `friend_groups_by_name` ON `friend_groups` (`owner_id`,`name_key`);--> statement-breakpoint
CREATE TABLE `group_members` (
	`group_id` integer NOT NULL,
	`owner_id` integer NOT NULL,
	`member_id` integer NOT NULL,
	`added_at` text NOT NULL,
	PRIMARY KEY(`group_id`, `member_id`),
	FOREIGN KEY (`group_id`) REFERENCES `friend_groups`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`member_id`) REFERENCES `friendships`(`user_id`,`friend_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `group_members_by_member` ON `group_members` (`member_id`,`owner_id`);--> statement-breakpoint
CREATE INDEX `group_members_by_owner` ON `group_members` (`owner_id`,`member_id`);--> statement-breakpoint
CREATE TABLE `preferences` (
	`user_id` integer PRIMARY KEY NOT NULL,
	`frequency` text DEFAULT 'daily' NOT NULL,
	`email_notifications` integer DEFAULT true NOT NULL,
	`push_notifications` integer DEFAULT true NOT NULL,
	`theme` text DEFAULT 'light' NOT NULL,
	`font_size` text DEFAULT 'medium' NOT NULL,
	`time_zone` text DEFAULT 'UTC' NOT NULL,
	`utc_offset` integer DEFAULT 0 NOT NULL,
	`quiet_from` integer,
	`quiet_to` integer,
	`digest_due_at` text,
	`digested_at` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `preferences_digest_due` ON `preferences` (`digest_due_at`) WHERE "digest_due_at" is not null;--> statement-breakpoint
CREATE TABLE `audience_groups` (
	`owner_id` integer NOT NULL,
	`subject` text NOT NULL,
	`group_id` integer NOT NULL,
	PRIMARY KEY(`owner_id`, `subject`, `group_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`group_id`) REFERENCES `friend_groups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `audience_groups_by_group` ON `audience_groups` (`group_id`,`subject`);--> statement-breakpoint
CREATE TABLE `audience_people` (
	`owner_id` integer NOT NULL,
	`subject` text NOT NULL,
	`person_id` integer NOT NULL,
	PRIMARY KEY(`owner_id`, `person_id`, `subject`),
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`person_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `audience_people_by_person` ON `audience_people` (`person_id`,`subject`,`owner_id`);--> statement-breakpoint
ALTER TABLE `users` ADD `status_line` text;--> statement-breakpoint
ALTER TABLE `users` ADD `profession` text;--> statement-breakpoint
ALTER TABLE `users` ADD `phone_number` text;--> statement-breakpoint
ALTER TABLE `users` ADD `stated_age` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `avatar` text;--> statement-breakpoint
ALTER TABLE `users` ADD `visibility` text DEFAULT 'public' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `field_visibility` text DEFAULT '{"name":"public","email":"private","phone_number":"private","birth_date":"private","profession":"public","bio":"public","presence":"public","friend_list":"public"}' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `data_sharing` integer DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX `users_listed` ON `users` (`id`) WHERE "visibility" = 'public' and "data_sharing" = 1;--> statement-breakpoint
CREATE VIEW `audience` AS select "owner_id", "subject", "person_id" from "audience_people"
  union all select "audience_groups"."owner_id", "audience_groups"."subject", "group_members"."member_id"
  from "audience_groups" join "group_members" on "group_members"."group_id" = "audience_groups"."group_id";--> statement-breakpoint
-- Who is there already gets what newcomers get from the batch that makes them.
INSERT INTO `preferences` (`user_id`, `digest_due_at`) SELECT `id`, strftime('%Y-%m-%dT09:00:00.000Z', 'now', '+1 day') FROM `users`;
