-- Run once by a superuser on a new server: the service's ordinary role and its database.
-- The service refuses a role that is a superuser or bypasses row-level security.
-- The password comes from the environment variable DB_PASSWORD of the one who runs psql.
\set ON_ERROR_STOP on
\getenv password DB_PASSWORD

CREATE ROLE lotsenwerk
  LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
  PASSWORD :'password';

CREATE DATABASE lotsenwerk OWNER lotsenwerk ENCODING 'UTF8' TEMPLATE template0;

REVOKE ALL ON DATABASE lotsenwerk FROM PUBLIC;
