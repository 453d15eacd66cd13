package dev.siltstone.stream;

import java.io.IOException;
import java.nio.file.Path;

/// A file of the catalog is not what was written.
public final class CatalogDamagedException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final String wrong;

    /// @param wrong what is wrong and where, without the file's name
    CatalogDamagedException(Path file, String wrong) {
        super(file + ": " + wrong);
        this.file = file;
        this.wrong = wrong;
    }

    public Path file() {
        return file;
    }

    /// Returns what is wrong and where, without the file's name.
    public String wrong() {
        return wrong;
    }
}
