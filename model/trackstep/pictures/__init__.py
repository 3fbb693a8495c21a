"""The lifecycle and the observer as pictures, made from the tables."""
