package dev.siltstone.layer;

import java.util.List;

/// An entry of the tar, as a manifest indexes it.
///
/// @param path as it stands in the tar
/// @param offset of its first header block in the frame
/// @param holes of the file's data, ascending, apart; at most [#HOLES_MAX]
public record FrameEntry(TarPath path, int offset, List<Hole> holes) {
    public static final int HOLES_MAX = 1 << 14;

    public FrameEntry {
        if (holes.size() > HOLES_MAX) {
            throw new IllegalArgumentException(
                    "%s has %d holes; at most %d can be kept"
                            .formatted(path, holes.size(), HOLES_MAX));
        }
        holes = List.copyOf(holes);
    }
}
