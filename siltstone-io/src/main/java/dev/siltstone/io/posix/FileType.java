package dev.siltstone.io.posix;

/// What a name leads to.
public enum FileType {
    FILE(0x8000),
    DIRECTORY(0x4000),
    SYMLINK(0xa000),
    CHARACTER_DEVICE(0x2000),
    BLOCK_DEVICE(0x6000),
    FIFO(0x1000),
    SOCKET(0xc000);

    private final int bits;

    FileType(int bits) {
        this.bits = bits;
    }

    /// Returns the type's bits in `st_mode`.
    int bits() {
        return bits;
    }

    static FileType ofMode(int mode) {
        return switch (mode & 0xf000) {
            case 0x8000 -> FILE;
            case 0x4000 -> DIRECTORY;
            case 0xa000 -> SYMLINK;
            case 0x2000 -> CHARACTER_DEVICE;
            case 0x6000 -> BLOCK_DEVICE;
            case 0x1000 -> FIFO;
            case 0xc000 -> SOCKET;
            default -> throw new IllegalStateException("file of type %x".formatted(mode & 0xf000));
        };
    }
}
