#!/bin/sh
# Runs once, when the warehouse's volume is new: the roles, the ledger in a database of its own,
# and what readers may see. The passwords come from the environment and are quoted by psql.
set -eu

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set warehouse_password="$CSP_WAREHOUSE_PASSWORD" \
    --set ledger_password="$CSP_LEDGER_PASSWORD" <<'SQL'
create role csp_warehouse login password :'warehouse_password';
create role csp_ledger login password :'ledger_password';
-- Give this role to every analyst and BI login; it sees schema published and nothing else.
create role csp_reader nologin;

create database warehouse owner csp_warehouse;
create database ledger owner csp_ledger;
revoke all on database warehouse from public;
revoke all on database ledger from public;
grant connect on database warehouse to csp_reader;

\connect warehouse
create schema published authorization csp_warehouse;
grant usage on schema published to csp_reader;
alter default privileges for role csp_warehouse in schema published
    grant select on tables to csp_reader;
SQL
