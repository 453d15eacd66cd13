package dev.siltstone.sqlite.replica;

import java.io.IOException;
import java.io.Serial;

/// Another process is writing the wal-index at this moment: nobody can say how far the WAL is. Nothing changed, the
/// WAL stays held, and a retry helps.
final class WalBusyException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    WalBusyException(String message) {
        super(message);
    }
}
