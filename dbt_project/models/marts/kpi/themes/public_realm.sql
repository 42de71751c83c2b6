{{ theme_mart('public_realm') }}
