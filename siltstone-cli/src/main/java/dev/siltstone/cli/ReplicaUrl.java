package dev.siltstone.cli;

import dev.siltstone.objectstore.url.StoreUrl;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where a replica is.
///
/// @param store what that means
/// @param text as the user wrote it, a directory made absolute: it means the same from everywhere
record ReplicaUrl(StoreUrl store, String text) {
    /// Reads a URL from the command line.
    static final class Converter implements ITypeConverter<ReplicaUrl> {
        @Override
        public ReplicaUrl convert(String text) {
            try {
                return of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /// @throws IllegalArgumentException if it is no such URL; the message says why
    static ReplicaUrl of(String text) {
        StoreUrl store = StoreUrl.parse(text);
        return switch (store) {
            case StoreUrl.Directory directory -> {
                StoreUrl.Directory absolute =
                        new StoreUrl.Directory(directory.path().toAbsolutePath().normalize());
                yield new ReplicaUrl(absolute, absolute.path().toString());
            }
            case StoreUrl.S3 s3 -> new ReplicaUrl(s3, text);
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
