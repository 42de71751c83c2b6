{{ theme_mart('cohesion') }}
