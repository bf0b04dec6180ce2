"""What happens to a change: taken in, applied to a branch, reasoned, judged, published."""
