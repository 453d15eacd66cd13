package dev.siltstone.stream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What was looked for has just moved: its file was settled, or merged into another. Asking where it is and
/// reading again helps.
final class PlaceGoneException extends IOException {
    private static final long serialVersionUID = 1;

    PlaceGoneException(String message, @Nullable IOException cause) {
        super(message, cause);
    }
}
