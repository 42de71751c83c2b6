{{ theme_mart('civil_protection') }}
