package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;

/// The destination has gone on without this machine: another one has written transactions there that this database
/// does not have. Trying again does not help; somebody must decide which of the two states is to go on.
public final class OvertakenException extends IOException {
    private static final long serialVersionUID = 1L;

    OvertakenException(String destination, Txid here, Txid there) {
        super(
                "another machine has gone on with %s: its newest transaction is %s, the last one from here is %s, and what it wrote since is not in this database. Restore the database from there to go on with that state, or take over with this one (--take-over): then the transactions of the other machine can be restored one by one, and the newest state is this database's"
                        .formatted(destination, there, here));
    }
}
