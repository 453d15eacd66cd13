package dev.siltstone.objectstore;

/// A part of an upload that has arrived.
///
/// @param number 1 to [#NUMBER_MAX]; the object is its parts in the order of their numbers
/// @param bytes of this part
/// @param etag as the store gave it; completing asks for it
public record UploadedPart(int number, long bytes, String etag) {
    public static final int NUMBER_MAX = 10_000;

    public UploadedPart {
        if (number < 1 || number > NUMBER_MAX) {
            throw new IllegalArgumentException("part number " + number + " is not in 1 to 10000");
        }
    }
}
