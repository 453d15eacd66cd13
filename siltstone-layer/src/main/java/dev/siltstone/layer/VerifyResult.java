package dev.siltstone.layer;

import java.util.List;

/// What a verification found.
///
/// @param findings what is wrong, each naming the object, where, what was expected and what was found; none if all
///     is well
public record VerifyResult(int layers, int packs, long frames, long bytes, List<String> findings) {
    public VerifyResult {
        findings = List.copyOf(findings);
    }
}
