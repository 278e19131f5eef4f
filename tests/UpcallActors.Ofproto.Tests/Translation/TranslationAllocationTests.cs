using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

public class TranslationAllocationTests
{
    [Theory]
    [InlineData("priority=100,in_port=1,tcp,actions=ct(commit,zone=9),2")]
    [InlineData("in_port=1,ip,actions=load:0x5->NXM_NX_REG0[],ct(table=1,zone=NXM_NX_REG0[0..15],nat)")]
    [InlineData("actions=NORMAL")]
    [InlineData("actions=FLOOD")]
    [InlineData("actions=CONTROLLER:128")]
    [InlineData("actions=resubmit(,1),3\ntable=1,actions=controller(pause,userdata=01.02),2,load:1->NXM_NX_REG0[]")]
    [InlineData(
        "actions=resubmit(,1),resubmit(2,1)\n"
        + "table=1,tcp,in_port=2,actions=mod_dl_src:02:00:00:00:00:09,mod_nw_dst:10.0.0.9,dec_ttl,mod_tp_dst:81,3\ntable=1,actions=drop")]
    [InlineData("tcp,actions=clone(ct(commit,exec(load:0x1->NXM_NX_CT_MARK[])),2),push_vlan:0x8100,set_field:4101->vlan_vid,3")]
    [InlineData("tcp,actions=move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[],output:NXM_NX_REG0[],2")]
    public void A_translation_allocates_nothing_once_its_states_are_known(string flows) => Measure(new TestSwitch(flows), Packets.Tcp());

    [Theory]
    [InlineData("group:1", false)]
    [InlineData("resubmit(,1),LOCAL", false)]
    [InlineData("resubmit(,1),LOCAL", true)]
    [InlineData("group:2", false)]
    [InlineData("group:3", false)]
    [InlineData("group:4", false)]
    public void A_translation_through_a_group_allocates_nothing_either(string actions, bool isHashed)
    {
        var bridge = new TestSwitch("");
        bridge.AddGroups(
            "group_id=1,type=select,bucket=output:2,bucket=output:3",
            "group_id=2,type=select,selection_method=hash,fields(ip_src,tcp_dst),bucket=output:2,bucket=watch_port:3,output:3",
            "group_id=3,type=ff,bucket=watch_group:2,group:2,bucket=watch_port:2,output:2",
            "group_id=4,type=all,bucket=mod_dl_src:02:00:00:00:00:09,output:2,bucket=group:3");
        bridge.Add($"actions={actions}\ntable=1,actions=group:1,3");
        FlowKey key = Packets.Tcp();
        if (isHashed)
        {
            key.RecircId = bridge.Translate(key).Recirculations.ShouldHaveSingleItem();
            key.DpHash = 5;
        }

        Measure(bridge, key);
    }

    [Theory]
    [InlineData("actions=11,2", "actions=mod_dl_dst:02:00:00:00:00:09,12,1")]
    [InlineData("actions=normal", "actions=normal")]
    [InlineData("actions=11,2", "ip,actions=ct(table=1),12")]
    [InlineData("in_port=1,actions=11,2\nin_port=11,actions=3", "actions=load:1->NXM_NX_REG0[],in_port,in_port,1")]
    public void A_translation_through_patch_ports_allocates_nothing_either(string flows, string peerFlows) =>
        Measure(new PatchedSwitch(flows, peerFlows, "actions=1,flood").Near, Packets.Tcp());

    private static void Measure(TestSwitch bridge, FlowKey key)
    {
        byte[] actions = new byte[1024];
        byte[] packet = new byte[64];
        SteadyState.AllocatedBytes(500, Translate).ShouldBe(0);

        void Translate()
        {
            FlowKey mask = default;
            Odp.Translation translation = bridge.Translator.Translate(new UpcallView(key, [], packet, default, PacketCommand.Miss, []),
                actions, ref mask);
            if (translation.Error != XlateError.None || translation.ActionsLength == 0)
                throw new InvalidOperationException("the flows of this test output something");
        }
    }
}
