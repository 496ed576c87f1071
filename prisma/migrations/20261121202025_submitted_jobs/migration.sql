-- Who submits stands in line with their own other submissions, and learns whether this id was submitted before: one round trip. Volatile, so
-- that the second statement sees what the lock's holder before us committed.
CREATE FUNCTION job_submitted(p_submitter uuid, p_job uuid, OUT is_known boolean, OUT owner_id uuid, OUT request_hash text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM users WHERE id = p_submitter FOR NO KEY UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'no user %', p_submitter; END IF;
  SELECT j.owner_id, j.request_hash INTO owner_id, request_hash FROM jobs j WHERE j.id = p_job;
  is_known := FOUND;
END $$;
-- Its plans are kept: small tables must not have them made for the sequential scans of that hour.
ALTER FUNCTION job_submitted SET enable_seqscan = off;
