def test_the_cast_stands(pudong, xuhui, li, zhou, qian, zhao, wang, focus):
    assert focus.owner == wang
    assert zhou.has_perm("dms.add_batch")
    assert not li.has_perm("dms.add_batch")
