package dev.siltstone.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A page of streams in the order of their paths (by code point).
///
/// @param streams those that exist, neither deleted nor expired
/// @param next path to pass as `after` for the next page; `null` at the end
public record Listing(List<StreamInfo> streams, @Nullable String next) {}
