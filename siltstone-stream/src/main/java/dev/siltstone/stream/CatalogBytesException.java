package dev.siltstone.stream;

/// Bytes that the catalog keeps are not what was written, or are another version's.
final class CatalogBytesException extends Exception {
    private static final long serialVersionUID = 1;

    CatalogBytesException(String message) {
        super(message);
    }
}
