{{ theme_mart('neighbourhood') }}
