package dev.siltstone.server.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The parameters of a URL that mean something here. Others are ignored, as the protocol asks.
///
/// @param offset where to read from, as written
/// @param live `long-poll` or `sse`
/// @param cursor echo of what an earlier answer carried
/// @param prefix of paths to list
/// @param after path after which a listing continues
/// @param limit of a listing
record Query(
        @Nullable String offset,
        @Nullable String live,
        @Nullable String cursor,
        @Nullable String prefix,
        @Nullable String after,
        @Nullable String limit) {
    static final Query NONE = new Query(null, null, null, null, null, null);

    private static final Set<String> KNOWN =
            Set.of("offset", "live", "cursor", "prefix", "after", "limit");

    /// Understands what follows the question mark, still encoded.
    ///
    /// @throws BadRequestException if a known parameter is there twice or does not decode
    static Query parse(String raw) throws BadRequestException {
        if (raw.isEmpty()) {
            return NONE;
        }
        Map<String, String> values = new HashMap<>();
        for (String part : raw.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!KNOWN.contains(name)) {
                continue;
            }
            String value = equals < 0 ? "" : PercentDecoding.query(part.substring(equals + 1));
            if (values.put(name, value) != null) {
                throw new BadRequestException(
                        "repeated_parameter", "'" + name + "' must be given at most once");
            }
        }
        return new Query(
                values.get("offset"),
                values.get("live"),
                values.get("cursor"),
                values.get("prefix"),
                values.get("after"),
                values.get("limit"));
    }
}
