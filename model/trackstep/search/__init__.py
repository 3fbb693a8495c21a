"""What is asked, and in which order: the sources of histories, and the shortest program of what they find."""
