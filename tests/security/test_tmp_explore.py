from odoo.tests import TransactionCase, tagged

@tagged("post_install", "-at_install")
class TestTmp(TransactionCase):
    def test_explore(self):
        reg = self.env.registry
        def ours(f):
            return "customer_value" in (f._modules or ())
        print("\n=== NON-STORED SEARCHABLE WITH GROUPS")
        for name, model in self.env.items():
            for f in model._fields.values():
                if ours(f) and not f.store and f.search:
                    print(name, f.name, f.type, "groups=", f.groups, "rel=", f.related, "sudo=", f.compute_sudo)
        print("=== RELATED SUDO")
        for name, model in self.env.items():
            for f in model._fields.values():
                if ours(f) and f.related and f.compute_sudo and name.startswith("customer."):
                    print(name, f.name, f.related, "store", f.store, "transient", model._transient)
        print("=== READONLY STORED FIELDS on models")
        for name, model in self.env.items():
            names = [f.name for f in model._fields.values() if ours(f) and f.store and f.readonly and not model._abstract and f.name not in ("id","create_uid","create_date","write_uid","write_date")]
            if names and not model._transient and model._auto:
                print(name, names)
        print("=== M2O writable")
        for name, model in self.env.items():
            if model._abstract or not model._auto: continue
            names = [f"{f.name}:{f.comodel_name}" if f.relational else f"{f.name}:{f.type}" for f in model._fields.values() if ours(f) and (f.relational or f.type in ("reference","many2one_reference")) and not f.readonly and (f.store or f.inverse)]
            if names:
                print(name, names)
        print("=== compute_sudo non stored")
        for name, model in self.env.items():
            names = [f.name for f in model._fields.values() if ours(f) and f.compute and f.compute_sudo and not f.store and not f.related]
            if names: print(name, names)
