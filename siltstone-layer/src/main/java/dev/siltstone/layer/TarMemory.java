package dev.siltstone.layer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What somebody remembers of an earlier push, so that unchanged files need not be read. Called by the thread that
/// pushes, in the order of the entries.
public interface TarMemory {
    /// Remembers nothing.
    TarMemory NONE =
            new TarMemory() {
                @Override
                public @Nullable Digest identity() {
                    return null;
                }

                @Override
                public @Nullable RawFrame run(List<PushedEntry> run) {
                    return null;
                }

                @Override
                public List<RawFrame> data(PushedEntry large) {
                    return List.of();
                }

                @Override
                public void ran(List<PushedEntry> run, RawFrame frame) {}

                @Override
                public void ran(PushedEntry large, List<RawFrame> data) {}
            };

    /// Returns the identity of the layer it was made for, or null. If the name still stands for that layer, its
    /// frames are taken to be there without a request.
    @Nullable Digest identity();

    /// Returns the frame of a run of entries, or null unless exactly these were one run, and none has changed.
    @Nullable RawFrame run(List<PushedEntry> run);

    /// Returns the frames of the data of a large file; none if it has changed.
    List<RawFrame> data(PushedEntry large);

    /// Is told which frame a run is now: whether read or remembered.
    void ran(List<PushedEntry> run, RawFrame frame);

    /// Is told which frames the data of a large file are now.
    void ran(PushedEntry large, List<RawFrame> data);
}
