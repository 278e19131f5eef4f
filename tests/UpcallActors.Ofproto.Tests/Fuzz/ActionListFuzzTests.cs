using System.Globalization;
using System.Text;

namespace UpcallActors.Ofproto.Tests;

public class ActionListFuzzTests
{
    private const int DefaultIterations = 4000;
    private const int Seed = 20261123;
    private const string Marks = ",=/()[]+-|:.0x*>\n ";

    internal static byte[][] Corpus { get; } = Array.ConvertAll<string, byte[]>(
    [
        "output:2,LOCAL,3,output:NXM_NX_REG0[0..15],output(port=2,max_len=100)",
        "controller(reason=no_match,max_len=128,id=7,userdata=01.02.ff),CONTROLLER:65535",
        "resubmit(2,1),resubmit(,1,ct),goto_table:3",
        "set_field:10.0.0.1->ip_src,set_field:0x10/0xf0->reg0,load:0x1->NXM_NX_REG0[4..7],move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]",
        "mod_dl_src:aa:bb:cc:dd:ee:ff,mod_nw_dst:10.0.0.9,mod_nw_tos:16,mod_tp_dst:80,dec_ttl(1,2),mod_vlan_vid:5,mod_vlan_pcp:3",
        "push_vlan:0x88a8,strip_vlan,ct_clear,drop",
        "ct(commit,force,zone=NXM_NX_REG0[0..15],table=1,nat(src=10.0.0.1-10.0.0.9:1000-2000,persistent,random),exec(set_field:0x1/"
            + "0xff->ct_mark),alg=ftp)",
        "meter:7,group:3,clone(group:4294967040)",
        "ct(nat(dst=[fc00::1]-[fc00::9]:80)),clone(clone(ct(commit),2),3),NORMAL",
    ], Encoding.Latin1.GetBytes);

    [Fact]
    public void Mangled_actions_are_read_or_refused_and_nothing_else()
    {
        int iterations = int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture,
            out int given) ? given : DefaultIterations;
        var random = new Random(Seed);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = Mutate(random);
            try
            {
                ActionListFuzz.Run(input);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Assert.Fail($"iteration {i}: \"{Encoding.Latin1.GetString(input)}\": {exception}");
            }
        }
    }

    private static byte[] Mutate(Random random)
    {
        var bytes = new List<byte>(Corpus[random.Next(Corpus.Length)]);
        for (int changes = random.Next(0, 5); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1);
            byte[] other = Corpus[random.Next(Corpus.Length)];
            int from = random.Next(other.Length);
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 24))]);
                    break;
                default:
                    bytes.Insert(at, (byte)Marks[random.Next(Marks.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
