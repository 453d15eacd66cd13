package dev.siltstone.server.http;

import org.jspecify.annotations.Nullable;

/// Decides who may do what a request asks for. Asked for every request but preflights and `/health`.
///
/// Thread-safe, and quick enough for an event loop.
public interface Access {
    /// Lets everybody do everything.
    Access OPEN =
            new Access() {
                @Override
                public boolean allows(@Nullable String authorization) {
                    return true;
                }

                @Override
                public boolean isOpen() {
                    return true;
                }
            };

    /// Says whether a request may be carried out.
    ///
    /// @param authorization the field of that name, or `null`
    boolean allows(@Nullable String authorization);

    /// Says whether strangers may come in, so that caches may give to all what one of them read.
    boolean isOpen();
}
