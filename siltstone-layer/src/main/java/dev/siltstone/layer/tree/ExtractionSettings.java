package dev.siltstone.layer.tree;

import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.Whiteouts;

/// How a tree is written.
///
/// @param ownership what another user than root does about what only root may set
/// @param whiteouts `OVERLAY` makes the devices and attributes of OverlayFS from the names of OCI layers; the other
///     two take names as they are
/// @param canonical whether entries come in canonical order, each once, as in our own layers; only then can an
///     extraction be resumed. Archives of others come as they like, and may leave out directories
/// @param replace whether a directory that is there already is replaced
/// @param limits what the entries may ask for
public record ExtractionSettings(
        Ownership ownership,
        Whiteouts whiteouts,
        boolean canonical,
        boolean replace,
        TarLimits limits) {
    public static final ExtractionSettings DEFAULT =
            new ExtractionSettings(Ownership.KEEP, Whiteouts.KEEP, true, false, TarLimits.DEFAULT);

    public ExtractionSettings withOwnership(Ownership other) {
        return new ExtractionSettings(other, whiteouts, canonical, replace, limits);
    }

    public ExtractionSettings withWhiteouts(Whiteouts other) {
        return new ExtractionSettings(ownership, other, canonical, replace, limits);
    }

    public ExtractionSettings inAnyOrder() {
        return new ExtractionSettings(ownership, whiteouts, false, replace, limits);
    }

    public ExtractionSettings replacing() {
        return new ExtractionSettings(ownership, whiteouts, canonical, true, limits);
    }
}
