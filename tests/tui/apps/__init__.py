"""Small programs that the tests run on a real terminal."""
