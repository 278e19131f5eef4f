namespace UpcallActors.OpenFlow;

/// <summary>Who extends OpenFlow, by the numbers in experimenter headers.</summary>
internal static class Experimenters
{
    /// <summary>Nicira (<c>NX_VENDOR_ID</c>), whose extensions are Open vSwitch's.</summary>
    public const uint Nicira = 0x00002320;

    /// <summary>The Open Networking Foundation (<c>ONF_VENDOR_ID</c>).</summary>
    public const uint Onf = 0x4f4e4600;
}
