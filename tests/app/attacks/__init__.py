"""What somebody would try who means harm, each by a door of her own; every attack is kept."""
