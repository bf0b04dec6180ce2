"""What reviewers look at before they decide: what a submission changes, and what changes elsewhere because of it."""
