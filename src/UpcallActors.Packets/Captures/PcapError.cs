namespace UpcallActors.Packets;

/// <summary>Why a capture file cannot be read, or no further.</summary>
internal enum PcapError
{
    /// <summary>A record was read.</summary>
    None,

    /// <summary>The proper end of the file.</summary>
    EndOfFile,

    /// <summary>Fewer bytes than a file header (24).</summary>
    HeaderTruncated,

    /// <summary>The first four bytes are no magic number of a capture.</summary>
    UnknownMagic,

    /// <summary>The file ends within a record: its writer was interrupted. The records before are whole.</summary>
    RecordTruncated,

    /// <summary>A record claims more bytes than any record may have.</summary>
    RecordTooLong,

    /// <summary>A block of a pcapng file contradicts itself, or a packet is of an interface that the file does not have.</summary>
    BlockMalformed,

    /// <summary>A version of the format that is not known.</summary>
    UnknownVersion,

    /// <summary>What is in a compressed file is too much to be held.</summary>
    InflatedTooLong,
}
