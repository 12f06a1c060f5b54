DROP INDEX `activity_by_user`;--> statement-breakpoint
DROP INDEX `activity_by_type`;--> statement-breakpoint
ALTER TABLE `activity` ADD `about_id` integer;--> statement-breakpoint
CREATE INDEX `activity_shown` ON `activity` (`user_id`,`hidden_at`,`id`);--> statement-breakpoint
CREATE INDEX `activity_shown_by_type` ON `activity` (`user_id`,`hidden_at`,`type`,`id`);