-- A runner that was told to stop finishes what it has and takes nothing more.
ALTER TABLE runner.presence ADD COLUMN draining boolean NOT NULL DEFAULT false;
