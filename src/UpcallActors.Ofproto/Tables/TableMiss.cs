namespace UpcallActors.Ofproto;

/// <summary>What becomes of a packet that meets no flow in a table (<c>OFPTC11_TABLE_MISS_*</c>).</summary>
internal enum TableMiss : byte
{
    /// <summary>What the versions of the connected controllers say: up to 1.2 they are asked, since 1.3 the packet is dropped.</summary>
    Default,

    /// <summary>It goes to the controllers.</summary>
    Controller,

    /// <summary>It is looked up in the next table.</summary>
    Continue,

    /// <summary>It is dropped.</summary>
    Drop,
}
