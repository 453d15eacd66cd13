package dev.siltstone.layer.tree;

import java.util.Locale;

/// What a user other than root does about owners, devices and attributes that only root may set.
public enum Ownership {
    /// Everything is set as it was; what this user may not set is an error that names it.
    KEEP,
    /// All belongs to the user, which is no error; devices and attributes of root still are.
    NONE,
    /// What this user may not set is put aside in attributes of the files, and read from there by a later push.
    FAKE_ROOT;

    /// Parses what a user says.
    ///
    /// @throws IllegalArgumentException if it is none of `keep`, `none`, `fake-root`
    public static Ownership parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "keep" -> KEEP;
            case "none" -> NONE;
            case "fake-root" -> FAKE_ROOT;
            default ->
                    throw new IllegalArgumentException(
                            "ownership is \"keep\", \"none\" or \"fake-root\", not \"%s\""
                                    .formatted(text));
        };
    }
}
