{{ theme_mart('violence') }}
