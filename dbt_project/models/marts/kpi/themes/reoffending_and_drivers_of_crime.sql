{{ theme_mart('drivers') }}
