#!/bin/sh
# The app owns its database, may make the runners' roles, and is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --set password="$(cat /run/secrets/owner_password)" <<'SQL'
CREATE ROLE style_license LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE style_license OWNER style_license;
SQL
