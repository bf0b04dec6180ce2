"""The closure of millions of statements by columns of numbers: bulk work, without a support for each statement."""
