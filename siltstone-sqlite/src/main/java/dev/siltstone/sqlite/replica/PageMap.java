package dev.siltstone.sqlite.replica;

import java.util.Arrays;

/// Where the newest image of each page lies: page numbers to file positions, without objects.
///
/// Not thread-safe.
final class PageMap {
    private static final int CAPACITY_MIN = 64;

    private int[] pgnos = new int[CAPACITY_MIN];
    private long[] places = new long[CAPACITY_MIN];
    private int size;

    /// Says where a page's newest image lies. Page numbers are unsigned, from 1.
    void put(long pgno, long filePosition) {
        if (size * 2 >= pgnos.length) {
            grow();
        }
        int at = slot((int) pgno);
        if (pgnos[at] == 0) {
            pgnos[at] = (int) pgno;
            size++;
        }
        places[at] = filePosition;
    }

    /// Returns where a page lies; -1 if it is not here.
    long find(long pgno) {
        int at = slot((int) pgno);
        return pgnos[at] == 0 ? -1 : places[at];
    }

    int size() {
        return size;
    }

    /// Returns the numbers of all pages, ascending.
    long[] pages() {
        return Arrays.stream(pgnos)
                .filter(pgno -> pgno != 0)
                .mapToLong(Integer::toUnsignedLong)
                .sorted()
                .toArray();
    }

    private int slot(int pgno) {
        int mask = pgnos.length - 1;
        int at = (pgno * 0x9E3779B9 >>> 7) & mask;
        while (pgnos[at] != 0 && pgnos[at] != pgno) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        int[] oldPgnos = pgnos;
        long[] oldPlaces = places;
        pgnos = new int[oldPgnos.length * 2];
        places = new long[oldPgnos.length * 2];
        for (int i = 0; i < oldPgnos.length; i++) {
            if (oldPgnos[i] != 0) {
                int at = slot(oldPgnos[i]);
                pgnos[at] = oldPgnos[i];
                places[at] = oldPlaces[i];
            }
        }
    }
}
