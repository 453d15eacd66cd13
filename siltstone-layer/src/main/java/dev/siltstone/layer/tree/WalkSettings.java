package dev.siltstone.layer.tree;

/// How a tree is read.
///
/// @param xattrs which extended attributes are kept
/// @param fakeRoot whether owners, modes, devices and attributes that [FakeRoot] put aside count as the real ones
/// @param depthMax directories one in the other; each holds a descriptor while the walk is in it
public record WalkSettings(XattrRules xattrs, boolean fakeRoot, int depthMax) {
    public static final WalkSettings DEFAULT = new WalkSettings(new XattrRules(false), false, 1024);

    public WalkSettings withFakeRoot() {
        return new WalkSettings(xattrs, true, depthMax);
    }
}
