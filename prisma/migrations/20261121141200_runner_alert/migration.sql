-- What an administrator has to look at: a runner that lost its GPU says so here. NULL: all is well.
ALTER TABLE runner.presence ADD COLUMN alert text;
