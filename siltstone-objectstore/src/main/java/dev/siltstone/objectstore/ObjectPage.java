package dev.siltstone.objectstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a listing: what one request gives.
///
/// @param objects in the order of their keys; may be empty though more follow
/// @param next to list after for the next page, or null if this was the last
public record ObjectPage(List<ListedObject> objects, @Nullable String next) {
    public ObjectPage {
        objects = List.copyOf(objects);
    }
}
